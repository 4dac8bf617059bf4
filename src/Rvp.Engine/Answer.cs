using Rvp.Protocol;

namespace Rvp.Engine;

/// <summary>The answer to a request. A closed set.</summary>
public abstract record Answer
{
    private Answer()
    {
    }

    /// <summary>200 or 207 with the granted values and a document, both optional.</summary>
    public sealed record Done(int Status = 200) : Answer
    {
        /// <summary>Subscription-Id.</summary>
        public int? SubscriptionId { get; init; }

        /// <summary>Subscription-Lifetime.</summary>
        public TimeSpan? Lifetime { get; init; }

        /// <summary>RVP-Poll-Cursor.</summary>
        public long? Cursor { get; init; }

        /// <summary>RVP-Delivered: whether a client has the message, or it is kept for one; null for what is no message, or not known.</summary>
        public bool? IsDelivered { get; init; }

        /// <summary>The document; null for none.</summary>
        public byte[]? Body { get; init; }
    }

    /// <summary>A refusal from the catalogue.</summary>
    public sealed record Refused(Refusal Refusal) : Answer
    {
        /// <summary>RVP-Delivered: full. True if a message finds no room: the recipient has no more, or not for this sender.</summary>
        public bool IsForLackOfRoom { get; init; }
    }

    /// <summary>The answer depends on the delivery of the notifications; see <see cref="Acknowledgement"/>.</summary>
    /// <param name="AckType">What the sender asked for.</param>
    /// <param name="Known">Results for destinations without a callback: stored in a poll queue, or refused because the queue is full.</param>
    public sealed record AsDelivered(AckType AckType, IReadOnlyList<DeliveryResult> Known) : Answer
    {
        /// <summary>True for a message that is to be kept if nobody could be reached with it: the sender learns which of the two it was.</summary>
        public bool CanBeKept { get; init; }
    }
}
