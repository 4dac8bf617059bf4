namespace RvpServer.Nodes;

/// <summary>What is wanted.</summary>
internal enum MoveRequest
{
    /// <summary>Could this person come? Changes nothing.</summary>
    Ask,

    /// <summary>Here the person is.</summary>
    Take,

    /// <summary>Send this person to <see cref="MoveMessage.Home"/>: from a command to the home server.</summary>
    Send,
}

/// <summary>What home servers say to each other when a person moves. Only those that hold the organisation's key can read and write it.</summary>
internal sealed record MoveMessage
{
    public MoveRequest Request { get; init; }

    /// <summary>The move's id: the same, however often it is sent.</summary>
    public Guid Id { get; init; }

    /// <summary>The node's logical URL.</summary>
    public required string Node { get; init; }

    /// <summary>The account's lasting id, which both must have from one directory.</summary>
    public string AccountId { get; init; } = "";

    /// <summary>Where to send the person.</summary>
    public string Home { get; init; } = "";

    /// <summary>Home servers that the person was on before, the sender first.</summary>
    public IReadOnlyList<string> Formers { get; init; } = [];

    /// <summary>Version of <see cref="Packed"/>.</summary>
    public int Format { get; init; }

    /// <summary>The sender's time, by which the leases in <see cref="Packed"/> run.</summary>
    public DateTimeOffset Now { get; init; }

    /// <summary>The node.</summary>
    public byte[] Packed { get; init; } = [];

    /// <summary>What belongs to the account beside the node, by name.</summary>
    public IReadOnlyDictionary<string, byte[]> Belongings { get; init; } = new Dictionary<string, byte[]>();
}

/// <summary>The answer.</summary>
/// <param name="Refusal">Why not, in a line for the administrator; null: it is done, and in the store.</param>
internal sealed record MoveAnswer(string? Refusal = null);
