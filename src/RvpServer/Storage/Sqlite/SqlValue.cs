namespace RvpServer.Storage.Sqlite;

/// <summary>A value for a parameter, without a box for numbers.</summary>
internal readonly struct SqlValue
{
    private SqlValue(long number) => (IsNumber, Number) = (true, number);

    private SqlValue(object? value) => Object = value;

    /// <summary>Whether it is <see cref="Number"/>; otherwise it is <see cref="Object"/>.</summary>
    public bool IsNumber { get; }

    /// <summary>The number.</summary>
    public long Number { get; }

    /// <summary>A text or bytes; null: NULL.</summary>
    public object? Object { get; }

    /// <summary>A value as a reader gives it.</summary>
    public static SqlValue Of(object value) => value switch
    {
        long number => new SqlValue(number),
        string or byte[] => new SqlValue(value),
        DBNull => default,
        _ => throw new InvalidOperationException("No column has such values: " + value.GetType()),
    };

    public static implicit operator SqlValue(long number) => new(number);

    public static implicit operator SqlValue(bool value) => new(value ? 1L : 0L);

    public static implicit operator SqlValue(long? number) => number is { } some ? new(some) : default;

    public static implicit operator SqlValue(string? text) => new((object?)text);

    public static implicit operator SqlValue(byte[] bytes) => new((object)bytes);
}
