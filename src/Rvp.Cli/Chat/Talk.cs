using Rvp.Client;

namespace Rvp.Cli.Chat;

/// <summary>A conversation as the user knows it: the same also when the other person begins it again with another Session-Id.</summary>
internal sealed class Talk(Conversation conversation)
{
    /// <summary>Where answers go: the latest one.</summary>
    public Conversation Conversation { get; set; } = conversation;

    /// <summary>How many messages have come while another one was shown.</summary>
    public int Unread { get; set; }

    /// <summary>The names of the others.</summary>
    public string Names => string.Join(", ", Conversation.Members.Select(member => member.Name));

    /// <summary>The addresses of the others.</summary>
    public string Addresses => string.Join(", ", Conversation.Members);

    /// <summary>Whether this conversation is this one, or one with the same single person.</summary>
    public bool Is(Conversation other) =>
        Conversation == other || (Conversation.Members is [var only] && other.Members is [var writer] && writer.Equals(only));
}
