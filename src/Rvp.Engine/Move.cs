namespace Rvp.Engine;

/// <summary>How far a move to another home server has come. Stored, so the numbers must not change.</summary>
public enum MoveStage
{
    /// <summary>The node is here, and about to go. Nobody is served until it is known whether the other server has it.</summary>
    Leaving = 1,

    /// <summary>It is at the other server.</summary>
    Left = 2,

    /// <summary>It has come here.</summary>
    Arrived = 3,
}

/// <summary>A node's move between home servers, as each of the two notes it.</summary>
/// <param name="Id">The same on both: what was sent twice is taken once.</param>
/// <param name="Stage">How far it has come.</param>
/// <param name="Home">host[:port] of the home server that the node is on, or goes to.</param>
/// <param name="Formers">host[:port] of those that it was on before, which a directory, or what somebody remembers of one, may still name.</param>
/// <param name="At">When it was noted.</param>
public sealed record Move(Guid Id, MoveStage Stage, string Home, IReadOnlyList<string> Formers, DateTimeOffset At);
