/*
 * What librvp 0.9.7 takes for granted: symbols that it uses without being linked against their
 * libraries, and two bugs that strike at random and would make any test flaky.
 */
#include "driver.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>

int gtk_events_pending(void);
int gtk_main_iteration(void);

static gboolean just_iterated;

/*
 * At sign-out the plugin spins the event loop until it sees its own UNSUBSCRIBE pending, but looks
 * only when no event is pending. With a fast server the request has come and gone by then, and it
 * spins for ever. "Nothing pending" after each turn makes it look every time.
 */
int gtk_events_pending(void)
{
	if (just_iterated) {
		just_iterated = FALSE;
		return FALSE;
	}
	return g_main_context_pending(NULL);
}

int gtk_main_iteration(void)
{
	g_main_context_iteration(NULL, TRUE);
	just_iterated = TRUE;
	return FALSE;
}

/* gcry_md_* and encrypt/setkey must be there before libpurple looks at the plugin. */
void load_what_the_plugin_forgot_to_link(void)
{
	static const char *const libraries[] = { "libgcrypt.so.20", "libcrypt.so.1" };

	for (size_t i = 0; i < G_N_ELEMENTS(libraries); i++)
		if (dlopen(libraries[i], RTLD_NOW | RTLD_GLOBAL) == NULL)
			fprintf(stderr, "%s\n", dlerror());
}

typedef struct {
	PurpleInputFunction function;
	gpointer data;
} Watch;

static gboolean input_is_ready(GIOChannel *channel, GIOCondition condition, gpointer data)
{
	Watch *watch = data;
	PurpleInputCondition ready = 0;

	if (condition & (G_IO_IN | G_IO_HUP | G_IO_ERR))
		ready |= PURPLE_INPUT_READ;
	if (condition & (G_IO_OUT | G_IO_HUP | G_IO_ERR | G_IO_NVAL))
		ready |= PURPLE_INPUT_WRITE;
	/* The plugin throws away the byte it has just read when errno holds somebody else's EAGAIN. */
	errno = 0;
	watch->function(watch->data, g_io_channel_unix_get_fd(channel), ready);
	return TRUE;
}

static guint add_input(int fd, PurpleInputCondition wanted, PurpleInputFunction function, gpointer data)
{
	GIOCondition condition = 0;
	Watch *watch = g_new0(Watch, 1);
	GIOChannel *channel = g_io_channel_unix_new(fd);
	guint id;

	watch->function = function;
	watch->data = data;
	if (wanted & PURPLE_INPUT_READ)
		condition |= G_IO_IN | G_IO_HUP | G_IO_ERR;
	if (wanted & PURPLE_INPUT_WRITE)
		condition |= G_IO_OUT | G_IO_HUP | G_IO_ERR | G_IO_NVAL;
	id = g_io_add_watch_full(channel, G_PRIORITY_DEFAULT, condition, input_is_ready, watch, g_free);
	g_io_channel_unref(channel);
	return id;
}

PurpleEventLoopUiOps *event_loop(void)
{
	static PurpleEventLoopUiOps ops = {
		.timeout_add = g_timeout_add,
		.timeout_remove = g_source_remove,
		.input_add = add_input,
		.input_remove = g_source_remove,
		.timeout_add_seconds = g_timeout_add_seconds,
	};
	return &ops;
}
