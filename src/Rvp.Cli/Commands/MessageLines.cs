using Rvp.Client;

namespace Rvp.Cli.Commands;

/// <summary>Messages for scripts: a line each, as text or as JSON.</summary>
internal static class MessageLines
{
    /// <summary>Writes a message, with its text on one line; false for what is none.</summary>
    public static bool WriteText(Terminal terminal, TextWriter output, RvpEvent happened)
    {
        var (from, text, sentAt) = happened switch
        {
            RvpEvent.MessageReceived message => (message.From.ToString(), message.Text, message.SentAt),
            RvpEvent.UnnamedReceived unnamed => (unnamed.Url, unnamed.Text, unnamed.SentAt),
            _ => ("", "", default),
        };
        if (from.Length == 0) return false;
        // The time is one word, so that scripts can read it.
        output.WriteLine($"{MessageTime.Of(sentAt, terminal.Clock, between: 'T')} {SafeText.Line(from)}: {SafeText.Line(text)}");
        output.Flush();
        return true;
    }

    /// <summary>Writes a message as an object; false for what is none.</summary>
    public static bool WriteJson(Terminal terminal, RvpEvent happened)
    {
        var time = terminal.Clock.GetUtcNow();
        switch (happened)
        {
            case RvpEvent.MessageReceived message:
                terminal.Out.WriteJson(new
                {
                    time,
                    sentAt = message.SentAt,
                    id = message.Id,
                    from = message.From.ToString(),
                    name = message.Name,
                    text = message.Text,
                    conversation = message.Conversation.Id,
                });
                break;
            case RvpEvent.UnnamedReceived unnamed:
                terminal.Out.WriteJson(new { time, sentAt = unnamed.SentAt, id = unnamed.Id, from = unnamed.Url, name = unnamed.Url, text = unnamed.Text });
                break;
            default:
                return false;
        }
        terminal.Out.Flush();
        return true;
    }
}
