"""The templates, mails and sample data that come with sheetsync."""
