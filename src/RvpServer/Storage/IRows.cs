namespace RvpServer.Storage;

/// <summary>The rows of a statement, one after the other; values are good until the next one.</summary>
internal interface IRows : IDisposable
{
    /// <summary>Goes to the next row; false at the end.</summary>
    bool Step();

    /// <summary>A column of the row, as a number; 0 where there is no value.</summary>
    long Number(int column);

    /// <summary>Whether a column of the row has no value.</summary>
    bool IsNull(int column);

    /// <summary>A text, as UTF-8, or bytes; empty where there is no value.</summary>
    ReadOnlySpan<byte> Bytes(int column);

    /// <summary>A text; null where there is no value.</summary>
    string? Text(int column);
}
