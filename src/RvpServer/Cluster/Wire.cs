using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;
using RvpServer.Storage;

namespace RvpServer.Cluster;

/// <summary>
/// What processes of a cluster say to each other: JSON, since versions one apart work together. Names and kinds are the format: add, and change none; what is
/// not known is passed over.
/// </summary>
internal static class Wire
{
    /// <summary>The requests that may come from another process, by the name that each has there.</summary>
    public static readonly IReadOnlyList<(Type Type, string Name)> Requests =
    [
        (typeof(SignIn), "sign-in"), (typeof(Watch), "watch"), (typeof(Renew), "renew"), (typeof(Unsubscribe), "unsubscribe"),
        (typeof(ListSubscriptions), "subscriptions"), (typeof(PropFind), "propfind"), (typeof(PropPatch), "proppatch"), (typeof(Notify), "notify"),
        (typeof(Poll), "poll"), (typeof(LeavePoll), "leave-poll"), (typeof(ReadAcl), "read-acl"), (typeof(WriteAcl), "write-acl"),
        (typeof(Report.OfMessages), "messages"), (typeof(Report.OfConversations), "conversations"), (typeof(Report.OfPeople), "people"),
        (typeof(NoteSent), "sent"), (typeof(NoteWatch), "note-watch"), (typeof(MarkHistory), "mark-history"), (typeof(AskWatched), "ask-watched"),
        (typeof(FindOwner), "find-owner"),
    ];

    private static readonly JsonSerializerOptions Options = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        IgnoreReadOnlyProperties = true,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { NameKinds } },
        Converters =
        {
            new TextConverter<RvpUrl>(TextOf, UrlOf),
            new TextConverter<Callback>(TextOf, CallbackOf),
            new TextConverter<IPAddress>(address => address.ToString(), IPAddress.Parse),
            new TextConverter<PropertyName>(name => name.ToString(), PropertyName.Parse),
        },
    };

    /// <summary>As it is sent.</summary>
    public static byte[] Write<T>(T message) => JsonSerializer.SerializeToUtf8Bytes(message, Options);

    /// <summary>As it was sent. Throws <see cref="JsonException"/> for what this version does not understand.</summary>
    public static T Read<T>(byte[] message) => JsonSerializer.Deserialize<T>(message, Options) ?? throw new JsonException("Nothing was sent.");

    private static void NameKinds(JsonTypeInfo info)
    {
        if (info.Type == typeof(Request)) info.PolymorphismOptions = Kinds(Requests);
        else if (info.Type == typeof(Answer)) info.PolymorphismOptions = Kinds([(typeof(Answer.Done), "done"), (typeof(Answer.Refused), "refused")]);
    }

    private static JsonPolymorphismOptions Kinds(IEnumerable<(Type Type, string Name)> kinds)
    {
        var options = new JsonPolymorphismOptions { TypeDiscriminatorPropertyName = "$" };
        foreach (var (type, name) in kinds) options.DerivedTypes.Add(new JsonDerivedType(type, name));
        return options;
    }

    // As the store keeps it: every reader understands that. No URL has a line break.
    private static string TextOf(RvpUrl url)
    {
        var stored = StoredUrl.Of(url);
        return stored.Spelling is null ? stored.Identity : stored.Identity + "\n" + stored.Spelling;
    }

    private static RvpUrl UrlOf(string text)
    {
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        var stored = end < 0 ? new StoredUrl(text, null) : new StoredUrl(text[..end], text[(end + 1)..]);
        return stored.ToUrl() ?? throw new JsonException("A URL cannot be read.");
    }

    private static string TextOf(Callback callback)
    {
        var stored = StoredCallback.Of(callback);
        return $"{(int)stored.Kind}\n{stored.Text}\n{stored.Spelling}";
    }

    private static Callback CallbackOf(string text)
    {
        var parts = text.Split('\n').Select(part => part.Length == 0 ? null : part).ToArray();
        return parts is [{ } kind, var place, var spelling] && Enum.TryParse<CallbackKind>(kind, out var known)
            && new StoredCallback(known, place, spelling).ToCallback() is { } callback ? callback : throw new JsonException("A callback cannot be read.");
    }

    private sealed class TextConverter<T>(Func<T, string> write, Func<string, T> read) : JsonConverter<T>
    {
        // Also for what is derived from it: the kinds of a closed set.
        public override bool CanConvert(Type typeToConvert) => typeof(T).IsAssignableFrom(typeToConvert);

        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            read(reader.GetString() ?? throw new JsonException("A text is missing."));

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(write(value));
    }
}

/// <summary>A request on its way to the process that has the node.</summary>
internal sealed record AskMessage(RvpUrl Node, NodeOwner Owner, Request Request, Caller Caller);

/// <summary>What becomes of a request.</summary>
internal enum AnswerKind
{
    /// <summary>It is answered.</summary>
    Answered = 1,

    /// <summary>The node's shard is not there: nothing was done.</summary>
    Away = 2,

    /// <summary>The answer follows, to the front.</summary>
    Pending = 3,

    /// <summary>What the node needs does not answer: the store.</summary>
    Unavailable = 4,
}

/// <summary>An answer on its way back.</summary>
/// <param name="Kind">What became of the request.</param>
/// <param name="Answer">The answer, if it is there.</param>
/// <param name="Reason">Why not, for the log.</param>
internal sealed record AnswerMessage(AnswerKind Kind, Answer? Answer = null, string? Reason = null)
{
    public static readonly AnswerMessage Away = new(AnswerKind.Away);

    public static readonly AnswerMessage Pending = new(AnswerKind.Pending);

    public static AnswerMessage Of(Answer answer) => new(AnswerKind.Answered, answer);
}

/// <summary>A property change on its way to the watcher's node.</summary>
internal sealed record NewsMessage(RvpUrl Node, Notification News);
