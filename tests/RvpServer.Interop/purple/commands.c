/* The commands: one a line, "VERB [ARGUMENT [TEXT]]". USER is always name@domain; TEXT is HTML, as libpurple knows it. */
#include "driver.h"

#include <glib-unix.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The plugin's sign-out waits for the server in a busy loop and can wait for ever. */
#define SIGN_OUT_SECONDS 10

static void sign_out_hung(int signal_number)
{
	static const char line[] = "sign-out-hung\n";

	(void)signal_number;
	_exit(write(STDOUT_FILENO, line, sizeof line - 1) < 0 ? 4 : 3);
}

static PurpleBuddy *find_or_make_buddy(const char *user)
{
	PurpleBuddy *buddy = purple_find_buddy(account, user);

	if (buddy == NULL) {
		PurpleGroup *group = purple_group_new("Buddies");

		purple_blist_add_group(group, NULL);
		buddy = purple_buddy_new(account, user, NULL);
		purple_blist_add_buddy(buddy, NULL, group, NULL);
	}
	return buddy;
}

static PurpleConversation *conversation_with(const char *user)
{
	PurpleConversation *found = purple_find_conversation_with_account(PURPLE_CONV_TYPE_IM, user, account);

	return found != NULL ? found : purple_conversation_new(PURPLE_CONV_TYPE_IM, account, user);
}

static void do_connect(const char *unused, const char *text)
{
	(void)unused;
	(void)text;
	purple_account_set_enabled(account, UI_ID, TRUE);
	if (purple_account_get_connection(account) == NULL)
		purple_account_connect(account);
}

static void do_disconnect(const char *unused, const char *text)
{
	(void)unused;
	(void)text;
	alarm(SIGN_OUT_SECONDS);
	purple_account_disconnect(account);
	alarm(0);
	/* Not before: meanwhile the plugin turns the event loop, and a command read there would find it half signed out. */
	event("signed-out");
}

static void do_add(const char *user, const char *text)
{
	(void)text;
	purple_account_add_buddy(account, find_or_make_buddy(user));
}

static void do_im(const char *user, const char *text)
{
	purple_conv_im_send(PURPLE_CONV_IM(conversation_with(user)), text);
}

static void do_typing(const char *user, const char *text)
{
	(void)text;
	serv_send_typing(purple_account_get_connection(account), user, PURPLE_TYPING);
}

static void do_status(const char *id, const char *text)
{
	(void)text;
	if (purple_account_get_status(account, id) == NULL)
		event("error no status %s", id);
	else
		purple_account_set_status(account, id, TRUE, NULL);
}

static void do_block(const char *user, const char *text)
{
	(void)text;
	purple_privacy_deny_add(account, user, FALSE);
}

static void do_unblock(const char *user, const char *text)
{
	(void)text;
	purple_privacy_deny_remove(account, user, FALSE);
}

static const struct {
	const char *verb;
	gboolean needs_connection;
	void (*run)(const char *argument, const char *text);
} commands[] = {
	{ "connect", FALSE, do_connect },
	{ "disconnect", TRUE, do_disconnect },
	{ "add", TRUE, do_add },
	{ "im", TRUE, do_im },
	{ "typing", TRUE, do_typing },
	{ "status", TRUE, do_status },
	{ "block", TRUE, do_block },
	{ "unblock", TRUE, do_unblock },
};

static void run_command(char *line)
{
	char **words = g_strsplit(g_strchomp(line), " ", 3);
	const char *argument = words[0] != NULL && words[1] != NULL ? words[1] : "";
	const char *text = *argument != '\0' && words[2] != NULL ? words[2] : "";

	for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
		if (words[0] == NULL || strcmp(words[0], commands[i].verb) != 0)
			continue;
		if (commands[i].needs_connection && purple_account_get_connection(account) == NULL)
			event("error not connected: %s", line);
		else
			commands[i].run(argument, text);
		g_strfreev(words);
		return;
	}
	event("error unknown command: %s", line);
	g_strfreev(words);
}

static gboolean quit(gpointer loop)
{
	alarm(SIGN_OUT_SECONDS);
	g_main_loop_quit(loop);
	return FALSE;
}

static gboolean input_is_ready(GIOChannel *input, GIOCondition condition, gpointer loop)
{
	char *line = NULL;

	(void)condition;
	for (;;) {
		GIOStatus status = g_io_channel_read_line(input, &line, NULL, NULL, NULL);

		if (status == G_IO_STATUS_AGAIN)
			return TRUE;
		if (status != G_IO_STATUS_NORMAL || strcmp(line, "quit\n") == 0)
			break;
		run_command(line);
		g_free(line);
	}
	g_free(line);
	g_idle_add(quit, loop);
	return FALSE;
}

void read_commands(GMainLoop *loop)
{
	GIOChannel *input = g_io_channel_unix_new(STDIN_FILENO);

	g_io_channel_set_encoding(input, NULL, NULL);
	g_io_channel_set_flags(input, G_IO_FLAG_NONBLOCK, NULL);
	signal(SIGALRM, sign_out_hung);
	g_unix_signal_add(SIGTERM, quit, loop);
	g_io_add_watch(input, G_IO_IN | G_IO_HUP | G_IO_ERR, input_is_ready, loop);
}
