"use strict";
try {
  const theme = localStorage.getItem("portal-theme");
  if (theme) document.documentElement.dataset.theme = theme;
} catch (_) { /* storage is not allowed */ }
