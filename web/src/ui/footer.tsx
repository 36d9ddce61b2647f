/** The note that stands under every view. */
export function Footer() {
  return (
    <footer class="footer">
      <p>BetFlow describes markets. It places no bets and is no advice. A fair probability is an estimate.</p>
      <p>
        If gambling stops being fun: BeGambleAware (UK, begambleaware.org), 1-800-GAMBLER (US), Gambling Therapy
        (worldwide, gamblingtherapy.org).
      </p>
      <p>
        <a href="/licenses.txt" data-native>
          Third-party licences
        </a>
      </p>
    </footer>
  );
}
