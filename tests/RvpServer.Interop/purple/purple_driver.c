/*
 * usage: purple_driver DIRECTORY ACCOUNT PASSWORD [OPTION=VALUE ...]
 *
 * DIRECTORY is the client's own (contacts, preferences), ACCOUNT is name@domain, an OPTION is one of
 * the plugin's: "myhost" (host of the callback), "domain" (NTLM domain).
 */
#include "driver.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

PurpleAccount *account;

/* Nothing may leave the machine: no UPnP, NAT-PMP or STUN. */
static void keep_to_loopback(void)
{
	purple_network_listen_map_external(FALSE);
	purple_prefs_set_bool("/purple/network/map_ports", FALSE);
	purple_prefs_set_bool("/purple/network/auto_ip", FALSE);
	purple_prefs_set_string("/purple/network/public_ip", "127.0.0.1");
}

static void keep_no_traces(void)
{
	purple_prefs_set_string("/purple/away/idle_reporting", "none");
	purple_prefs_set_bool("/purple/logging/log_ims", FALSE);
}

static gboolean make_account(const char *name, const char *password, char **options)
{
	if (purple_find_prpl("prpl-rvp") == NULL) {
		fprintf(stderr, "Pidgin's RVP plugin (package pidgin-librvp) is missing or does not load\n");
		return FALSE;
	}
	account = purple_account_new(name, "prpl-rvp");
	purple_accounts_add(account);
	purple_account_set_password(account, password);
	/* Or it is gone after the first sign-out. */
	purple_account_set_remember_password(account, TRUE);
	for (; *options != NULL; options++) {
		char *value = strchr(*options, '=');

		if (value == NULL) {
			fprintf(stderr, "not an option: %s\n", *options);
			return FALSE;
		}
		*value++ = '\0';
		purple_account_set_string(account, *options, value);
	}
	return TRUE;
}

int main(int argc, char **argv)
{
	GMainLoop *loop;

	if (argc < 4) {
		fprintf(stderr, "usage: purple_driver DIRECTORY ACCOUNT PASSWORD [OPTION=VALUE ...]\n");
		return 2;
	}
	start_clock();
	signal(SIGPIPE, SIG_IGN);
	load_what_the_plugin_forgot_to_link();
	purple_util_set_user_dir(argv[1]);
	purple_core_set_ui_ops(reporting_ui());
	purple_eventloop_set_ui_ops(event_loop());
	if (!purple_core_init(UI_ID)) {
		fprintf(stderr, "libpurple does not start\n");
		return 1;
	}
	purple_set_blist(purple_blist_new());
	purple_prefs_load();
	keep_to_loopback();
	keep_no_traces();
	if (!make_account(argv[2], argv[3], argv + 4))
		return 1;

	loop = g_main_loop_new(NULL, FALSE);
	report_signals();
	read_commands(loop);
	event("ready %s", argv[2]);
	g_main_loop_run(loop);

	purple_core_quit();
	event("exit");
	return 0;
}
