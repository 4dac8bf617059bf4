using Rvp.Engine;

namespace RvpServer.Delivery;

/// <summary>Brings notifications to one kind of receiver; <see cref="Lanes{TKey}"/> does everything else.</summary>
/// <typeparam name="TKey">What tells receivers apart; what one receiver gets stays in order.</typeparam>
internal interface ICarrier<in TKey>
{
    /// <summary>When to try again.</summary>
    RetrySchedule Schedule { get; }

    /// <summary>One attempt.</summary>
    /// <param name="receiver">The receiver.</param>
    /// <param name="notification">What to bring.</param>
    /// <param name="elapsed">Since the first attempt with this notification began.</param>
    /// <param name="stop">Ends the attempt at once.</param>
    Task<Attempt> TryAsync(TKey receiver, Notification notification, TimeSpan elapsed, CancellationToken stop);

    /// <summary>Hears that a receiver was given up, before what still waits for it is failed. Must not block.</summary>
    /// <param name="receiver">The receiver.</param>
    /// <param name="head">What it was given up with.</param>
    void GiveUp(TKey receiver, Notification head);
}

/// <summary>How one attempt ended.</summary>
/// <param name="Result">What became of the notification; null: nothing, another attempt is safe.</param>
/// <param name="Detail">What went wrong, for the log.</param>
/// <param name="IsHopeless">True where the receiver does not exist: what waits behind would do no better.</param>
internal readonly record struct Attempt(DeliveryResult? Result, string? Detail = null, bool IsHopeless = false)
{
    /// <summary>The receiver gave an HTTP answer.</summary>
    public static Attempt Answered(int status) =>
        new(status is >= 200 and < 300 ? new DeliveryResult(DeliveryOutcome.Delivered) : new DeliveryResult(DeliveryOutcome.Refused, status));

    /// <summary>The notification is out and nobody answered: it may have been shown.</summary>
    public static Attempt Unanswered(string? detail) => new(new DeliveryResult(DeliveryOutcome.Unanswered), detail);

    /// <summary>Nobody was reached.</summary>
    public static Attempt Again(string? detail) => new(null, detail);

    /// <summary>There is no such receiver.</summary>
    public static Attempt Hopeless(string? detail) => new(new DeliveryResult(DeliveryOutcome.Unreachable), detail, IsHopeless: true);
}
