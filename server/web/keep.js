// Small choices this browser remembers. Storage may be forbidden or full: then nothing is kept.

export function keep(name, value) {
  try {
    localStorage.setItem(`sangdam.${name}`, value);
  } catch {
    // the choice holds until the page is left
  }
}

export function kept(name) {
  try {
    return localStorage.getItem(`sangdam.${name}`);
  } catch {
    return null;
  }
}
