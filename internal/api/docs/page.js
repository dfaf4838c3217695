// Shows the board's OpenAPI document. The token that is typed in stays in the browser's local storage.
const element = document.getElementById("swagger-ui");
SwaggerUIBundle({
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
});
