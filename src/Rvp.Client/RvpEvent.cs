using Rvp.Protocol;

namespace Rvp.Client;

/// <summary>A person on the watch list, with the last known presence.</summary>
/// <param name="Address">The IM address.</param>
/// <param name="Url">The logical URL.</param>
/// <param name="DisplayName">The name, or the address if there is none. Written by a stranger: clean it before showing it on a terminal.</param>
/// <param name="State">Presence.</param>
public sealed record Contact(ImAddress Address, RvpUrl Url, string DisplayName, PresenceState State);

/// <summary>Whether the client is signed in.</summary>
public enum ConnectionState
{
    /// <summary>Not signed in.</summary>
    SignedOut,

    /// <summary>Signed in.</summary>
    SignedIn,

    /// <summary>The server cannot be reached; the client keeps trying.</summary>
    Reconnecting,
}

/// <summary>An event from <see cref="RvpClient.ReadEventsAsync"/>. A closed set. Texts and names come from strangers.</summary>
public abstract record RvpEvent
{
    private RvpEvent()
    {
    }

    /// <summary>A watched contact's presence or name has changed.</summary>
    public sealed record PresenceChanged(Contact Contact) : RvpEvent;

    /// <summary>A text message arrived.</summary>
    public sealed record MessageReceived(Conversation Conversation, ImAddress From, string Name, string Text) : RvpEvent
    {
        /// <summary>When it was sent, as its sender or the server that kept it says; when it came where nothing is said, or a time to come.</summary>
        public DateTimeOffset SentAt { get; init; }

        /// <summary>Its Message-Id, by which a second copy is known and dropped; null: it has none.</summary>
        public string? Id { get; init; }
    }

    /// <summary>A person is typing; valid for about 5 seconds.</summary>
    public sealed record Typing(Conversation Conversation, ImAddress From, string Name) : RvpEvent;

    /// <summary>A person left the conversation.</summary>
    public sealed record Left(Conversation Conversation, ImAddress From, string Name) : RvpEvent;

    /// <summary>A person invites us to something, for example a file transfer; <see cref="Conversation.DeclineAsync"/> declines.</summary>
    /// <param name="Conversation">Where.</param>
    /// <param name="From">Who.</param>
    /// <param name="Name">The person's name.</param>
    /// <param name="Application">What it is called; may be empty.</param>
    /// <param name="Cookie">Which invitation it is.</param>
    public sealed record Invited(Conversation Conversation, ImAddress From, string Name, string Application, string Cookie) : RvpEvent;

    /// <summary>A message arrived that this client does not understand.</summary>
    public sealed record UnknownReceived(Conversation Conversation, ImAddress From, string Name, string ContentType) : RvpEvent;

    /// <summary>
    /// A text message arrived whose sender's URL is not in the one form in which every reader sees the same person: it is shown as it came, and cannot be
    /// answered.
    /// </summary>
    public sealed record UnnamedReceived(string Url, string Text) : RvpEvent
    {
        /// <summary>When it was sent, as for others.</summary>
        public DateTimeOffset SentAt { get; init; }

        /// <summary>Its Message-Id; null: it has none.</summary>
        public string? Id { get; init; }
    }

    /// <summary>
    /// Something was sent, read or deleted in our history at the server, by this program or another; <see cref="RvpClient.GetConversationsAsync"/> tells what
    /// is unread now. Only sign-ins that poll hear of it.
    /// </summary>
    public sealed record HistoryChanged : RvpEvent;

    /// <summary>The connection changed; the line says why.</summary>
    public sealed record ConnectionChanged(ConnectionState State, string Line) : RvpEvent;
}
