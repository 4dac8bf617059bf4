namespace Rvp.Protocol;

/// <summary>Malformed input, found while reading it. The only exception that the pure projects throw on purpose.</summary>
public sealed class RvpException : Exception
{
    /// <summary>A 400 with this line.</summary>
    public RvpException(string line) : this(Refusal.BadRequest(line))
    {
    }

    /// <summary>A refusal from the catalogue.</summary>
    public RvpException(Refusal refusal) : base(refusal.Line) => Refusal = refusal;

    /// <summary>What to answer.</summary>
    public Refusal Refusal { get; }
}
