using Rvp.Client;

namespace Rvp.Cli.Commands;

/// <summary>Messages for scripts: a line each, as text or as JSON.</summary>
internal static class MessageLines
{
    /// <summary>Writes a message, with its text on one line; false for what is none.</summary>
    public static bool WriteText(Terminal terminal, TextWriter output, RvpEvent happened)
    {
        var (from, text) = happened switch
        {
            RvpEvent.MessageReceived message => (message.From.ToString(), message.Text),
            RvpEvent.UnnamedReceived unnamed => (unnamed.Url, unnamed.Text),
            _ => ("", ""),
        };
        if (from.Length == 0) return false;
        output.WriteLine($"{terminal.Clock.GetLocalNow():HH:mm} {SafeText.Line(from)}: {SafeText.Line(text)}");
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
                terminal.Out.WriteJson(
                    new { time, from = message.From.ToString(), name = message.Name, text = message.Text, conversation = message.Conversation.Id });
                break;
            case RvpEvent.UnnamedReceived unnamed:
                terminal.Out.WriteJson(new { time, from = unnamed.Url, name = unnamed.Url, text = unnamed.Text });
                break;
            default:
                return false;
        }
        terminal.Out.Flush();
        return true;
    }
}
