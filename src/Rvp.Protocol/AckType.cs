namespace Rvp.Protocol;

/// <summary>When the sender of a NOTIFY wants the answer: the RVP-Ack-Type header. [spec]</summary>
public enum AckType
{
    /// <summary>When one final destination has it; the meaning of a missing header.</summary>
    DeepOr,

    /// <summary>When all final destinations have it.</summary>
    DeepAnd,

    /// <summary>When the first server has it.</summary>
    SingleHop,
}

/// <summary>The RVP-Ack-Type header.</summary>
public static class AckTypes
{
    /// <summary>Parses the header value without case; a missing or blank one is DeepOr.</summary>
    public static bool TryParse(string? text, out AckType type)
    {
        var trimmed = text is null ? default : text.AsSpan().Trim();
        type = AckType.DeepOr;
        if (trimmed.IsEmpty || trimmed.Equals("DeepOr", StringComparison.OrdinalIgnoreCase)) return true;
        if (trimmed.Equals("DeepAnd", StringComparison.OrdinalIgnoreCase)) type = AckType.DeepAnd;
        else if (trimmed.Equals("SingleHop", StringComparison.OrdinalIgnoreCase)) type = AckType.SingleHop;
        else return false;
        return true;
    }
}
