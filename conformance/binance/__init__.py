"""The venue's language: endpoints, events, client order ids, signing, fates of answers, hosts."""
