/* Everything that happens to the account, as lines on standard output. */
#include "driver.h"

#include <stdarg.h>
#include <stdio.h>

static gint64 started_at;

void start_clock(void)
{
	started_at = g_get_monotonic_time();
}

/* Line breaks in values become spaces, so that an event is a line whatever a peer sends. */
void event(const char *format, ...)
{
	va_list arguments;
	char *line;

	va_start(arguments, format);
	line = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	g_strdelimit(line, "\r\n", ' ');
	printf("%.3f %s\n", (g_get_monotonic_time() - started_at) / 1e6, line);
	fflush(stdout);
	g_free(line);
}

static const char *text_or_empty(const char *text)
{
	return text != NULL ? text : "";
}

static void write_conversation(PurpleConversation *conversation, const char *name, const char *alias,
		const char *message, PurpleMessageFlags flags, time_t when)
{
	(void)alias;
	(void)when;
	event("shown %s from=%s flags=0x%x text=%s", purple_conversation_get_name(conversation),
			text_or_empty(name), flags, message);
}

static void *notify_message(PurpleNotifyMsgType type, const char *title, const char *primary,
		const char *secondary)
{
	event("dialog type=%d title=%s primary=%s secondary=%s", type, text_or_empty(title),
			text_or_empty(primary), text_or_empty(secondary));
	return NULL;
}

static void report_disconnect(PurpleConnection *connection, PurpleConnectionError reason, const char *text)
{
	(void)connection;
	event("disconnected code=%d text=%s", reason, text_or_empty(text));
}

/* A question that nobody answers would block the client: the first answer is taken. */
static void *request_action(const char *title, const char *primary, const char *secondary, int preset,
		PurpleAccount *asked, const char *who, PurpleConversation *conversation,
		void *data, size_t count, va_list actions)
{
	(void)title;
	(void)preset;
	(void)asked;
	(void)conversation;
	event("question who=%s primary=%s secondary=%s", text_or_empty(who), text_or_empty(primary),
			text_or_empty(secondary));
	if (count > 0) {
		const char *label = va_arg(actions, const char *);
		PurpleRequestActionCb answer = va_arg(actions, PurpleRequestActionCb);

		(void)label;
		if (answer != NULL)
			answer(data, 0);
	}
	return NULL;
}

static PurpleConversationUiOps conversation_ops = { .write_conv = write_conversation };
static PurpleNotifyUiOps notify_ops = { .notify_message = notify_message };
static PurpleConnectionUiOps connection_ops = { .report_disconnect_reason = report_disconnect };
static PurpleRequestUiOps request_ops = { .request_action = request_action };

static void register_ui(void)
{
	purple_conversations_set_ui_ops(&conversation_ops);
	purple_notify_set_ui_ops(&notify_ops);
	purple_connections_set_ui_ops(&connection_ops);
	purple_request_set_ui_ops(&request_ops);
}

PurpleCoreUiOps *reporting_ui(void)
{
	static PurpleCoreUiOps ops = { .ui_init = register_ui };

	return &ops;
}

static void on_signed_on(PurpleConnection *connection)
{
	event("signed-on %s", purple_account_get_username(purple_connection_get_account(connection)));
}

static const char *active_status(PurpleBuddy *buddy)
{
	return purple_status_get_id(purple_presence_get_active_status(purple_buddy_get_presence(buddy)));
}

/* libpurple tells coming online, going offline and other changes apart; to a watcher all are states. */
static void on_buddy_signed(PurpleBuddy *buddy)
{
	event("buddy-is %s %s", purple_buddy_get_name(buddy), active_status(buddy));
}

static void on_buddy_status(PurpleBuddy *buddy, PurpleStatus *before, PurpleStatus *after)
{
	(void)before;
	event("buddy-is %s %s", purple_buddy_get_name(buddy), purple_status_get_id(after));
}

static void on_message(PurpleAccount *receiver, char *sender, char *text, PurpleConversation *conversation,
		PurpleMessageFlags flags)
{
	(void)receiver;
	(void)conversation;
	(void)flags;
	event("received-im %s text=%s", sender, text);
}

static void on_typing(PurpleAccount *receiver, const char *name)
{
	(void)receiver;
	event("typing %s", name);
}

void report_signals(void)
{
	static int handle;
	void *connections = purple_connections_get_handle();
	void *buddies = purple_blist_get_handle();
	void *conversations = purple_conversations_get_handle();

	purple_signal_connect(connections, "signed-on", &handle, PURPLE_CALLBACK(on_signed_on), NULL);
	purple_signal_connect(buddies, "buddy-signed-on", &handle, PURPLE_CALLBACK(on_buddy_signed), NULL);
	purple_signal_connect(buddies, "buddy-signed-off", &handle, PURPLE_CALLBACK(on_buddy_signed), NULL);
	purple_signal_connect(buddies, "buddy-status-changed", &handle, PURPLE_CALLBACK(on_buddy_status), NULL);
	purple_signal_connect(conversations, "received-im-msg", &handle, PURPLE_CALLBACK(on_message), NULL);
	purple_signal_connect(conversations, "buddy-typing", &handle, PURPLE_CALLBACK(on_typing), NULL);
}
