namespace Rvp.Cli.Editing;

/// <summary>A terminal that gives each key at once and can be drawn on.</summary>
internal interface IScreen
{
    /// <summary>The columns; at least one.</summary>
    int Columns { get; }

    /// <summary>The rows; at least one.</summary>
    int Rows { get; }

    /// <summary>Keys come unechoed from now on, until what this gives is disposed.</summary>
    /// <param name="isWhole">Whether the whole window is taken as well: what was in it comes back afterwards.</param>
    /// <param name="changed">Called when the window has another size, or the program was stopped and goes on.</param>
    IDisposable TakeKeys(bool isWhole, Action changed);

    /// <summary>Waits for bytes from the keyboard; 0 at its end.</summary>
    int Read(Span<byte> buffer);

    /// <summary>Writes at once.</summary>
    void Write(string text);

    /// <summary>Stops the program until it is told to go on, as Ctrl-Z does.</summary>
    void Suspend();
}
