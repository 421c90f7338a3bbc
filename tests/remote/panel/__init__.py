"""A staff panel of our own, as facts/osticket.md says that a live one behaves. No server's code."""
