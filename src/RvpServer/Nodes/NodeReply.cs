using Rvp.Engine;

namespace RvpServer.Nodes;

/// <summary>
/// What a node gives back when its work is done and everything that it promises is stored: the answer, or one that comes when what it acknowledges has been
/// delivered, or a POLL has waited. The first is work, the second only time.
/// </summary>
internal readonly struct NodeReply
{
    private readonly Answer? answer;

    public NodeReply(Answer answer) => this.answer = answer;

    public NodeReply(Task<Answer> delivered) => Delivered = delivered;

    /// <summary>The answer to come; null: it is there.</summary>
    public Task<Answer>? Delivered { get; }

    /// <summary>The answer of a request that acknowledges nothing.</summary>
    public Answer Answer => answer ?? throw new InvalidOperationException("The answer depends on deliveries.");
}
