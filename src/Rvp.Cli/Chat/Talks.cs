using Rvp.Client;

namespace Rvp.Cli.Chat;

/// <summary>The conversations of a chat, by their numbers from 1, and the one that typed lines go to. Safe for use by several threads.</summary>
internal sealed class Talks
{
    private const int Most = 99;

    private readonly List<Talk> all = [];
    private readonly Lock gate = new();
    private Talk? current;

    /// <summary>The one that is shown; null where there is none.</summary>
    public Talk? Current
    {
        get { lock (gate) return current; }
    }

    public bool AreSeveral
    {
        get { lock (gate) return all.Count > 1; }
    }

    /// <summary>Goes to this conversation.</summary>
    public Talk Enter(Conversation conversation)
    {
        lock (gate) return Show(Find(conversation));
    }

    /// <summary>Goes to the one with this number; null if there is none.</summary>
    public Talk? Enter(int number)
    {
        lock (gate) return number >= 1 && number <= all.Count ? Show(all[number - 1]) : null;
    }

    /// <summary>Goes on or back by so many, around the end; null where there is no other.</summary>
    public Talk? Move(int by)
    {
        lock (gate) return all.Count > 1 ? Show(all[(all.IndexOf(current!) + by + all.Count) % all.Count]) : null;
    }

    /// <summary>Goes to the first with unread messages; null if there is none.</summary>
    public Talk? EnterUnread()
    {
        lock (gate) return all.Find(talk => talk.Unread > 0) is { } unread ? Show(unread) : null;
    }

    /// <summary>Takes one away; the last one is shown then.</summary>
    public void Remove(Talk left)
    {
        lock (gate)
        {
            all.Remove(left);
            current = null;
            if (all.Count > 0) Show(all[^1]);
        }
    }

    /// <summary>A message has come in this conversation: where it belongs, and that one's number, 0 for the one that is shown.</summary>
    public (Talk Talk, int Number) Take(Conversation conversation)
    {
        lock (gate)
        {
            var talk = Find(conversation);
            talk.Conversation = conversation;
            if (current is null) Show(talk);
            if (talk == current) return (talk, 0);
            talk.Unread++;
            return (talk, all.IndexOf(talk) + 1);
        }
    }

    /// <summary>What was unread of it is read; false if nothing was.</summary>
    public bool Read(Talk talk)
    {
        lock (gate)
        {
            var wasUnread = talk.Unread > 0;
            talk.Unread = 0;
            return wasUnread;
        }
    }

    /// <summary>What was read on another device is unread here no more.</summary>
    public void Read(IReadOnlyList<PastConversation> past)
    {
        lock (gate)
        {
            foreach (var talk in all)
                if (past.FirstOrDefault(talk.Conversation.Is) is { } known) talk.Unread = Math.Min(talk.Unread, known.Unread);
        }
    }

    /// <summary>How many messages are unread.</summary>
    public int Unread
    {
        get { lock (gate) return all.Sum(talk => talk.Unread); }
    }

    /// <summary>Each with its number and what is unread, the one that is shown marked.</summary>
    public IReadOnlyList<string> Describe(Func<Talk, string> name)
    {
        lock (gate) return [.. all.Select((talk, i) => $"{(talk == current ? ">" : " ")} {i + 1}: {name(talk)}{(talk.Unread > 0 ? $" ({talk.Unread})" : "")}")];
    }

    private Talk Show(Talk talk) => current = talk;

    private Talk Find(Conversation conversation)
    {
        if (all.Find(talk => talk.Is(conversation)) is { } known) return known;
        if (all.Count == Most) all.RemoveAt(all[0] == current ? 1 : 0);
        all.Add(new Talk(conversation));
        return all[^1];
    }
}
