/*
 * purple_driver: one account of Pidgin's RVP plugin without a display.
 * Commands come on standard input, events go to standard output, one a line.
 */
#ifndef DRIVER_H
#define DRIVER_H

#include <glib.h>
#include <purple.h>

#define UI_ID "purple-driver"

/* The only account. */
extern PurpleAccount *account;

/* plugin_quirks.c: what the plugin needs of its host, and its bugs that would make tests flaky. */
void load_what_the_plugin_forgot_to_link(void);
PurpleEventLoopUiOps *event_loop(void);

/* events.c: everything that happens becomes a line "SECONDS EVENT ...". */
void event(const char *format, ...) G_GNUC_PRINTF(1, 2);
void start_clock(void);
PurpleCoreUiOps *reporting_ui(void);
void report_signals(void);

/* commands.c: reads commands until the end of input or "quit", then ends the loop. */
void read_commands(GMainLoop *loop);

#endif
