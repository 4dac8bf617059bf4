using Rvp.Protocol;

namespace Rvp.Client;

/// <summary>Someone on the watch list, as last heard of.</summary>
/// <param name="Address">The IM address.</param>
/// <param name="Url">The logical URL.</param>
/// <param name="DisplayName">The name; the address where there is none. Written by a stranger: clean it before a terminal sees it.</param>
/// <param name="State">Presence.</param>
public sealed record Contact(ImAddress Address, RvpUrl Url, string DisplayName, PresenceState State);

/// <summary>Whether the client is signed in.</summary>
public enum ConnectionState
{
    /// <summary>Not signed in.</summary>
    SignedOut,

    /// <summary>Signed in.</summary>
    SignedIn,

    /// <summary>The server is out of reach; the client goes on trying.</summary>
    Reconnecting,
}

/// <summary>Something that <see cref="RvpClient.ReadEventsAsync"/> brings. A closed set. Texts and names are a stranger's.</summary>
public abstract record RvpEvent
{
    private RvpEvent()
    {
    }

    /// <summary>A watched contact's presence or name changed.</summary>
    public sealed record PresenceChanged(Contact Contact) : RvpEvent;

    /// <summary>Someone said something.</summary>
    public sealed record MessageReceived(Conversation Conversation, ImAddress From, string Name, string Text) : RvpEvent;

    /// <summary>Someone is typing; good for about 5 seconds.</summary>
    public sealed record Typing(Conversation Conversation, ImAddress From, string Name) : RvpEvent;

    /// <summary>Someone left the conversation.</summary>
    public sealed record Left(Conversation Conversation, ImAddress From, string Name) : RvpEvent;

    /// <summary>Someone sent what this client does not know, for example an invitation to a file transfer.</summary>
    public sealed record UnknownReceived(Conversation Conversation, ImAddress From, string Name, string ContentType) : RvpEvent;

    /// <summary>The connection changed; the line says why.</summary>
    public sealed record ConnectionChanged(ConnectionState State, string Line) : RvpEvent;
}
