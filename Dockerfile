# compiled where the image is built, for the platform that it is built for (docker buildx build --platform linux/amd64,linux/arm64)
FROM --platform=$BUILDPLATFORM golang:1.26-alpine AS build
RUN apk add --no-cache ca-certificates tzdata
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
ARG TARGETOS
ARG TARGETARCH
RUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -trimpath -ldflags "-s -w -X github.com/pocketbase/pocketbase.Version=$VERSION" -o /out/jobboard . \
    && mkdir -p /out/data /out/tmp

FROM scratch
# certificates for TLS to mail servers and object storage; time zones for dates in mails and reports
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /usr/share/zoneinfo /usr/share/zoneinfo
COPY --from=build /out/jobboard /jobboard
# the user must own both: the data folder, and the folder for temporary files
COPY --from=build --chown=10001:10001 /out/data /data
COPY --from=build --chown=10001:10001 /out/tmp /tmp
# another user only where a volume can't be given to this one
ARG RUN_AS=10001:10001
USER $RUN_AS
VOLUME /data
EXPOSE 8090
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["/jobboard", "health"]
ENTRYPOINT ["/jobboard", "--dir=/data"]
CMD ["serve", "--http=0.0.0.0:8090"]
