using Rvp.Protocol;

namespace Rvp.Engine;

/// <summary>What a caller gets. A closed set.</summary>
public abstract record Answer
{
    private Answer()
    {
    }

    /// <summary>200 or 207 with what was granted and a document, both optional.</summary>
    public sealed record Done(int Status = 200) : Answer
    {
        /// <summary>Subscription-Id.</summary>
        public int? SubscriptionId { get; init; }

        /// <summary>Subscription-Lifetime.</summary>
        public TimeSpan? Lifetime { get; init; }

        /// <summary>RVP-Poll-Cursor.</summary>
        public long? Cursor { get; init; }

        /// <summary>The document; null for none.</summary>
        public byte[]? Body { get; init; }
    }

    /// <summary>A refusal from the catalogue.</summary>
    public sealed record Refused(Refusal Refusal) : Answer;

    /// <summary>The answer depends on how the notifications fare; see <see cref="Acknowledgement"/>.</summary>
    /// <param name="AckType">What the sender asked for.</param>
    /// <param name="Known">How destinations that are not notified by callback fared: a durable poll queue has it, or has no room.</param>
    public sealed record AsDelivered(AckType AckType, IReadOnlyList<DeliveryResult> Known) : Answer;
}
