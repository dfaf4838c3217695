// Shows the board's OpenAPI document. The token that is typed in stays in the browser's local storage.
const element = document.getElementById("swagger-ui");
const ui = SwaggerUIBundle({
  url: element.dataset.document,
  domNode: element,
  deepLinking: true,
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  validatorUrl: null,
  defaultModelsExpandDepth: -1,
  docExpansion: "list",
  displayRequestDuration: true,
  persistAuthorization: true,
  tryItOutEnabled: true,
  requestInterceptor: withToken,
});

// What anyone may call has no lock, and Swagger UI would send no token with it. But some of it shows more with one, such as mine=1.
function withToken(request) {
  if (request.loadSpec || new URL(request.url, location.href).origin !== location.origin) {
    return request; // ui is not there yet while the document is loaded
  }
  const given = ui.authSelectors.authorized()?.toJS() ?? {};
  const value = (given.token ?? given.apiKey)?.value;
  if (value) {
    request.headers.Authorization ??= `Bearer ${value}`;
  }
  return request;
}
