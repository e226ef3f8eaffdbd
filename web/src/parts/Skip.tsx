/** For those who walk by keyboard: past the navigation, to what the page is about. */
export function Skip() {
  return (
    <a className="skip" href="#main">
      Skip to the content
    </a>
  );
}
