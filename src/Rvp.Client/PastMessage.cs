using Rvp.Protocol;

namespace Rvp.Client;

/// <summary>A message of our history at the server.</summary>
/// <param name="Id">Grows with time.</param>
/// <param name="At">When the server took it.</param>
/// <param name="IsMine">True if we sent it, from whatever device.</param>
/// <param name="With">The other person; null in a conversation with several.</param>
/// <param name="Conversation">The same as the server names it: the person's logical URL, or a Session-Id.</param>
/// <param name="Name">Who said it; written by a stranger.</param>
/// <param name="Text">What was said; written by a stranger.</param>
public sealed record PastMessage(long Id, DateTimeOffset At, bool IsMine, ImAddress? With, string Conversation, string Name, string Text);
