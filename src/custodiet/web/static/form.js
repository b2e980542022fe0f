// What a form asks is asked before it is sent, and the way back from a refusal keeps what was typed. Both also work
// without: the server refuses in words, and the link leads to the page of the form.
addEventListener("DOMContentLoaded", () => {
  for (const link of document.querySelectorAll("a[data-back]"))
    link.addEventListener("click", (event) => {
      if (history.length < 2) return;
      event.preventDefault();
      history.back();
    });
  for (const field of document.querySelectorAll("[data-unless]")) {
    const [name, calm] = field.dataset.unless.split("=");
    const other = field.form.elements[name];
    const ask = () => { field.required = other.value !== calm; };
    other.addEventListener("change", ask);
    ask();
  }
});
