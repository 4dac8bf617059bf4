using Rvp.Protocol;

namespace Rvp.Engine;

/// <summary>The result of a request: an answer, changes to store and apply, notifications to send. <see cref="Node"/> has not changed yet.</summary>
/// <param name="Answer">What the caller gets once the changes are stored.</param>
/// <param name="Changes">To commit and apply, in order.</param>
/// <param name="Notifications">To enqueue, in order, before the answer is sent.</param>
public sealed record Outcome(Answer Answer, IReadOnlyList<Change> Changes, IReadOnlyList<Notification> Notifications)
{
    /// <summary>True if the notifications tell watchers that the node looks different.</summary>
    public bool TellsWatchers { get; init; }

    /// <summary>Only an answer.</summary>
    public static implicit operator Outcome(Answer answer) => new(answer, [], []);

    /// <summary>A refusal.</summary>
    public static implicit operator Outcome(Refusal refusal) => new(new Answer.Refused(refusal), [], []);
}
