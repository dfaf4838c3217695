// Uploads with progress.

/**
 * SDK idiom: upload progress. fetch() does not tell how much of a body has been sent; XMLHttpRequest does. The SDK takes any fetch.
 * @param {(share: number) => void} onProgress  is called with the share that has been sent, from 0 to 1
 * @returns {(url: RequestInfo | URL, config?: RequestInit) => Promise<Response>}
 */
export function fetchWithProgress(onProgress) {
    return (url, config = {}) =>
        new Promise((resolve, reject) => {
            const request = new XMLHttpRequest();
            request.open(config.method ?? "GET", String(url));
            new Headers(config.headers).forEach((value, name) => request.setRequestHeader(name, value));
            request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
            request.onload = () => {
                const headers = {
                    "Content-Type": request.getResponseHeader("Content-Type") ?? "",
                    "X-Board-Tx": request.getResponseHeader("X-Board-Tx") ?? "",
                };
                const body = [204, 205, 304].includes(request.status) ? null : request.responseText;
                resolve(new Response(body, { status: request.status, headers }));
            };
            request.onerror = () => reject(new TypeError("the network failed"));
            request.onabort = () => reject(new DOMException("", "AbortError"));
            config.signal?.addEventListener("abort", () => request.abort());
            request.send(/** @type {XMLHttpRequestBodyInit | null} */ (config.body ?? null));
        });
}
