using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace Rvp.Engine;

/// <summary>A message in an account's history: what was said to the owner, or by the owner from any device.</summary>
/// <param name="At">When the server took it.</param>
/// <param name="IsMine">True if the owner said it.</param>
/// <param name="With">
/// The conversation: the other person's canonical logical URL, or the Session-Id of a conversation with several people, whose URLs have no braces.
/// </param>
/// <param name="Other">Who said it, or whom it was sent to: a message to several is sent to each.</param>
/// <param name="Body">The notification, as it was passed on.</param>
/// <param name="Text">Its text, for searching; empty for what is no plain text.</param>
public sealed record ArchivedMessage(DateTimeOffset At, bool IsMine, string With, string Other, ReadOnlyMemory<byte> Body, string Text)
{
    /// <summary>Longest text that is searched; the rest of a longer one is found by reading.</summary>
    private const int MaxSearched = 65_536;

    /// <summary>A conversation as <see cref="With"/> names it: from any spelling of the person's URL, or the session in any letters.</summary>
    public static string KeyOf(string written) => RvpUrl.TryParseIdentity(written, out var url) ? url.ToString() : written.ToLowerInvariant();

    /// <summary>A message as it goes into the owner's history; null for what is of no use later, or not readable.</summary>
    /// <param name="owner">Whose history.</param>
    /// <param name="message">The message.</param>
    /// <param name="recipient">Whose node it was sent to.</param>
    /// <param name="now">The time.</param>
    public static ArchivedMessage? Of(RvpUrl owner, Requests.Notify message, RvpUrl recipient, DateTimeOffset now)
    {
        if (message.Head.IsFleeting || message.Head.IsPropertyChange || !NotificationsXml.CanContain(message.Body.Span)) return null;
        var from = message.Head.From;
        var isMine = from.Equals(owner);
        var other = isMine ? recipient : from;
        if (MessageContent.Of(message.Body) is not { } content) return null;
        var isOfSeveral = message.Head.To.Count > 1 && message.Head.To.Append(from).Where(person => !person.Equals(owner)).Distinct().Count() > 1;
        var with = isOfSeveral ? content.Session.ToLowerInvariant() : other.ToString();
        var text = content.Text.Length > MaxSearched ? content.Text[..MaxSearched] : content.Text;
        return new ArchivedMessage(now, isMine, with, other.ToString(), message.Body, text);
    }
}
