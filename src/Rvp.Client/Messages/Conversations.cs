using Rvp.Protocol;

namespace Rvp.Client.Messages;

/// <summary>The most recently used conversations. Their number is limited, since strangers can open them.</summary>
internal sealed class Conversations(RvpClient client)
{
    private const int MaxConversations = 500;

    private readonly Lock gate = new();
    private readonly LinkedList<(string Key, Conversation Conversation)> recent = new();

    /// <summary>The latest conversation with this one person, or a new one.</summary>
    public Conversation With(RvpUrl url)
    {
        lock (gate)
        {
            for (var at = recent.First; at is not null; at = at.Next)
            {
                if (at.Value.Conversation.Urls is not [var only] || !only.Url.Equals(url)) continue;
                return Touch(at);
            }
            var made = Make();
            made.Add(url, "");
            return made;
        }
    }

    /// <summary>A new conversation, without members yet.</summary>
    public Conversation Open()
    {
        lock (gate) return Make();
    }

    /// <summary>
    /// The conversation that a message belongs to. Members may add others. A stranger who knows a Session-Id gets a separate conversation; otherwise answers
    /// meant for the members would reach the stranger.
    /// </summary>
    public Conversation Of(string sessionId, RvpUrl from, string name, IEnumerable<(RvpUrl Url, string Name)> others)
    {
        lock (gate)
        {
            var conversation = Find(sessionId) is { } known && known.Has(from) ? known : Find(KeyOf(sessionId, from)) ?? Make(sessionId, from);
            conversation.Add(from, name);
            foreach (var (url, otherName) in others) conversation.Add(url, otherName);
            return conversation;
        }
    }

    public void Forget(Conversation conversation)
    {
        lock (gate)
        {
            for (var at = recent.First; at is not null; at = at.Next)
            {
                if (at.Value.Conversation != conversation) continue;
                recent.Remove(at);
                return;
            }
        }
    }

    private Conversation? Find(string key)
    {
        for (var at = recent.First; at is not null; at = at.Next)
            if (at.Value.Key == key) return Touch(at);
        return null;
    }

    private Conversation Touch(LinkedListNode<(string, Conversation Conversation)> at)
    {
        recent.Remove(at);
        recent.AddFirst(at);
        return at.Value.Conversation;
    }

    private Conversation Make()
    {
        var id = Guid.NewGuid().ToString("B").ToUpperInvariant();
        return Keep(id, new Conversation(client, id));
    }

    private Conversation Make(string sessionId, RvpUrl from) =>
        Keep(sessionId.Length > 0 && Find(sessionId) is null ? sessionId : KeyOf(sessionId, from),
            new Conversation(client, sessionId.Length > 0 ? sessionId : Guid.NewGuid().ToString("B").ToUpperInvariant()));

    private Conversation Keep(string key, Conversation conversation)
    {
        recent.AddFirst((key, conversation));
        if (recent.Count > MaxConversations) recent.RemoveLast();
        return conversation;
    }

    private static string KeyOf(string sessionId, RvpUrl from) => sessionId + "\n" + from;
}
