// A demonstration's accounts fill the form by one click.
for (const button of document.querySelectorAll("[data-account]")) {
  button.addEventListener("click", () => {
    document.getElementById("name").value = button.dataset.account;
    document.getElementById("password").value = button.dataset.password;
    document.querySelector("form.stack button[type=submit]").focus();
  });
}
