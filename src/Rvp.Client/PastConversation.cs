using Rvp.Protocol;

namespace Rvp.Client;

/// <summary>A conversation of our history at the server.</summary>
/// <param name="Conversation">As the server names it: the other person's logical URL, or a Session-Id.</param>
/// <param name="With">The other person; null in a conversation with several.</param>
/// <param name="ReadUntil">The id of the message up to which it was read, on whatever device; 0: never.</param>
/// <param name="Unread">How many messages of others came after that one.</param>
public sealed record PastConversation(string Conversation, ImAddress? With, long ReadUntil, int Unread);
