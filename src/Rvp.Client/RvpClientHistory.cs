using System.Globalization;
using System.Text;
using System.Xml.Linq;
using Rvp.Client.Messages;
using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace Rvp.Client;

// What servers of this project keep and know beyond the protocol: messages that were, and people who are.
public sealed partial class RvpClient
{
    private static readonly XNamespace History = HistoryXml.Namespace;
    private static readonly XNamespace People = PeopleXml.Namespace;
    private static readonly XNamespace Dav = RvpXml.Dav;

    /// <summary>The newest messages of our history, oldest first. Throws <see cref="RvpError.NotAllowed"/> where none is kept.</summary>
    /// <param name="with">Only of the conversation with this person; null: of all.</param>
    /// <param name="words">Only those that have all of these words, or words that begin so; null: any.</param>
    /// <param name="before">Only those before this id; null: up to now.</param>
    /// <param name="limit">How many at most, from 1 to 200.</param>
    /// <param name="stop">Ends the request.</param>
    public async Task<IReadOnlyList<PastMessage>> GetHistoryAsync(
        ImAddress? with = null, string? words = null, long? before = null, int limit = 50, CancellationToken stop = default)
    {
        var query = $"<h:history-query xmlns:h='{HistoryXml.Namespace}'>{await WithAsync(with, stop).ConfigureAwait(false)}{Element("match", words)}"
            + Element("before", before?.ToString(CultureInfo.InvariantCulture)) + Element("limit", limit.ToString(CultureInfo.InvariantCulture))
            + "</h:history-query>";
        return await requests.AskOwnAsync("REPORT", Document(query), ReadHistory, stop).ConfigureAwait(false);
    }

    /// <summary>
    /// The conversations of our history, newest first, with what is unread in each. Throws <see cref="RvpError.NotAllowed"/> where none is kept.
    /// </summary>
    /// <param name="limit">How many at most, from 1 to 200.</param>
    /// <param name="stop">Ends the request.</param>
    public async Task<IReadOnlyList<PastConversation>> GetConversationsAsync(int limit = 50, CancellationToken stop = default)
    {
        await IdentifyAsync(stop).ConfigureAwait(false);
        var query = $"<h:conversations-query xmlns:h='{HistoryXml.Namespace}'>{Element("limit", limit.ToString(CultureInfo.InvariantCulture))}"
            + "</h:conversations-query>";
        return await requests.AskOwnAsync("REPORT", Document(query), ReadConversations, stop).ConfigureAwait(false);
    }

    /// <summary>Marks a conversation as read, for all our devices. Throws <see cref="RvpError.NotAllowed"/> where no history is kept.</summary>
    /// <param name="conversation">As <see cref="PastMessage.Conversation"/> names it.</param>
    /// <param name="until">Up to the message with this id; null: up to now. The marker never goes back.</param>
    /// <param name="stop">Ends the request.</param>
    public async Task MarkReadAsync(string conversation, long? until = null, CancellationToken stop = default)
    {
        await IdentifyAsync(stop).ConfigureAwait(false);
        var mark = $"<h:read xmlns:h='{HistoryXml.Namespace}'>{Element("with", conversation)}"
            + $"{Element("until", until?.ToString(CultureInfo.InvariantCulture))}</h:read>";
        await requests.AskOwnAsync("POST", Document(mark), _ => true, stop).ConfigureAwait(false);
    }

    /// <summary>Deletes our side of the history: of the conversation with one person, or all.</summary>
    public async Task ForgetHistoryAsync(ImAddress? with = null, CancellationToken stop = default)
    {
        var mark = $"<h:forget xmlns:h='{HistoryXml.Namespace}'>{await WithAsync(with, stop).ConfigureAwait(false)}</h:forget>";
        await requests.AskOwnAsync("POST", Document(mark), _ => true, stop).ConfigureAwait(false);
    }

    /// <summary>
    /// People of our own domain whose name, address or department has these words. Throws <see cref="RvpError.NotAllowed"/> where nobody may search.
    /// </summary>
    public async Task<IReadOnlyList<FoundPerson>> FindPeopleAsync(string words, int limit = 20, CancellationToken stop = default)
    {
        await IdentifyAsync(stop).ConfigureAwait(false);
        var query = $"<p:people-query xmlns:p='{PeopleXml.Namespace}'><p:match>{RvpXml.Escape(words)}</p:match><p:limit>{limit}</p:limit></p:people-query>";
        return await requests.AskOwnAsync("REPORT", Document(query), ReadPeople, stop).ConfigureAwait(false);
    }

    private List<PastMessage> ReadHistory(ReadOnlyMemory<byte> body) =>
        [.. RvpXml.ReadDocument(body).Elements(History + "entry").Select(ReadEntry).OfType<PastMessage>()];

    private List<PastConversation> ReadConversations(ReadOnlyMemory<byte> body) =>
        [.. RvpXml.ReadDocument(body).Elements(History + "conversation").Select(ReadConversation).OfType<PastConversation>()];

    private PastConversation? ReadConversation(XElement conversation) =>
        conversation.Element(History + "with")?.Value is { } with
            && long.TryParse(conversation.Element(History + "read")?.Value, CultureInfo.InvariantCulture, out var until)
            && int.TryParse(conversation.Element(History + "unread")?.Value, CultureInfo.InvariantCulture, out var unread)
            ? new PastConversation(with, AddressOf(with), until, unread)
            : null;

    // Null for what is no text, or cannot be read: strangers have written it.
    private PastMessage? ReadEntry(XElement entry)
    {
        if (!long.TryParse(entry.Element(History + "id")?.Value, CultureInfo.InvariantCulture, out var id)
            || !DateTimeOffset.TryParse(entry.Element(History + "at")?.Value, CultureInfo.InvariantCulture, out var at)
            || entry.Element(History + "with")?.Value is not { } with
            || entry.Element(XName.Get("notification", RvpXml.Rvp)) is not { } notification)
        {
            return null;
        }
        try
        {
            return NotificationXml.Read(Document(notification.ToString(SaveOptions.DisableFormatting))) is MessageNotice message
                && MimeMessage.Parse(message.MimeData) is { ContentType: MimeMessage.Plain } mime
                ? new PastMessage(
                    id, at, entry.Element(History + "from-me") is not null, AddressOf(with), with, MimeMessage.Undouble(message.FromName), mime.Text)
                : null;
        }
        catch (RvpException)
        {
            return null;
        }
    }

    private static List<FoundPerson> ReadPeople(ReadOnlyMemory<byte> body) =>
        [.. RvpXml.ReadDocument(body).Elements(People + "person").Select(person => new FoundPerson(
            person.Element(Dav + "href")?.Value ?? "", person.Element(Dav + "displayname")?.Value ?? "",
            person.Element(People + "address")?.Value ?? "", person.Element(People + "department")?.Value))];

    private async Task<string> WithAsync(ImAddress? with, CancellationToken stop)
    {
        await IdentifyAsync(stop).ConfigureAwait(false);
        return with is null ? "" : Element("with", (await UrlOfAsync(with, stop).ConfigureAwait(false)).ToString());
    }

    private static string Element(string name, string? text) => text is null ? "" : $"<h:{name}>{RvpXml.Escape(text)}</h:{name}>";

    private static byte[] Document(string text) => Encoding.UTF8.GetBytes(RvpXml.Prolog + text);
}
