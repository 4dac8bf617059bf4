using System.Text.Json;
using System.Text.Json.Serialization;
using Rvp.Engine;
using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace RvpServer.Push;

/// <summary>What a browser is told: the newest message that waits, and how many there are.</summary>
/// <param name="From">Who wrote it, as that person is called.</param>
/// <param name="With">The conversation, as the history names it: the person's URL, or a session.</param>
/// <param name="Text">Its beginning; null: not told.</param>
/// <param name="Count">How many messages wait.</param>
internal sealed record PushNotice(string From, string With, string? Text, int Count)
{
    // As much as a phone shows.
    private const int MaxFrom = 80, MaxText = 200;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerOptions.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>A notice of messages that wait for somebody, the newest last; null if none is one that people read.</summary>
    public static PushNotice? Of(RvpUrl owner, IReadOnlyList<InboxEntry> waiting)
    {
        var readable = waiting.Select(entry => ReadOf(owner, entry)).OfType<PushNotice>().ToList();
        return readable.Count == 0 ? null : readable[^1] with { Count = readable.Count };
    }

    /// <summary>As it is encrypted; with the text only for those who want it.</summary>
    public byte[] ToBytes(bool showsText) => JsonSerializer.SerializeToUtf8Bytes(showsText ? this : this with { Text = null }, Json);

    private static PushNotice? ReadOf(RvpUrl owner, InboxEntry entry)
    {
        try
        {
            if (NotificationXml.Read(entry.Body) is not MessageNotice message || MessageContent.Of(entry.Body) is not { Text.Length: > 0 } content) return null;
            var others = message.To.Select(to => to.Url).Append(message.From).Where(url => !IsOwner(url)).Distinct(StringComparer.OrdinalIgnoreCase).Count();
            return new PushNotice(
                Cut(message.FromName.Length > 0 ? message.FromName : message.From, MaxFrom), others > 1 ? content.Session : message.From,
                Cut(content.Text.ReplaceLineEndings(" "), MaxText), 1);
        }
        catch (RvpException)
        {
            return null;
        }

        bool IsOwner(string url) => RvpUrl.TryParseIdentity(url, out var parsed) && parsed.Equals(owner);
    }

    // Never half a character.
    private static string Cut(string text, int max)
    {
        if (text.Length <= max) return text;
        var end = char.IsHighSurrogate(text[max - 1]) ? max - 1 : max;
        return text[..end] + "…";
    }
}
