/** Words of the forms of the console, and of what is shown once. */
export const forms = {
  cancel: 'Cancel',
  working: 'Doing it…',
  done: 'I have kept it',
  optional: 'optional',
  once: {
    lead: 'It is shown this once. Copy it now: nobody, not even this service, can show it again.',
  },
};
