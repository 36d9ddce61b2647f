// Loaded before the page paints, so that a theme chosen by hand does not flash.
try {
  const theme = localStorage.getItem("betflow.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage is forbidden: the system's theme holds.
}
