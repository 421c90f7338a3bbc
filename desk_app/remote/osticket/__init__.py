"""osTicket by the staff panel's own requests, signed in as the agent; nothing is installed."""
