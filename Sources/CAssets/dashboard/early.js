// Runs before the first paint, so that neither the theme nor the layout changes after it.
"use strict";
{
  const root = document.documentElement;
  const parameters = new URLSearchParams(location.search);
  try {
    root.dataset.theme = localStorage.getItem("theme") ?? "auto";
  } catch {
    root.dataset.theme = "auto"; // Storage may be forbidden.
  }
  // What router.js will find; only the layout depends on it here.
  root.dataset.view = parameters.has("port")
    ? "port"
    : (parameters.get("view") ?? (parameters.size > 0 ? "search" : "home"));
}
