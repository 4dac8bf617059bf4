using System.Text;
using System.Threading.Channels;
using Rvp.Cli.Editing;
using Rvp.Testing;
using Rvp.Testing.Terminals;

namespace Rvp.Client.Tests.Cli.Terminals;

/// <summary>A terminal in this process: a test types, and looks at what it shows.</summary>
internal sealed class FakeScreen(int columns = 60, int rows = 12) : IScreen, IDisposable
{
    private readonly Channel<byte[]> typed = Channel.CreateUnbounded<byte[]>();
    private Action changed = () => { };
    private bool isWhole;

    public Emulator Emulator { get; } = new(columns, rows);

    public int Columns => Emulator.Columns;

    public int Rows => Emulator.Rows;

    public bool IsTaken { get; private set; }

    public void Types(string text) => typed.Writer.TryWrite(Encoding.UTF8.GetBytes(text));

    public void Resize(int columns, int rows)
    {
        Emulator.Resize(columns, rows);
        changed();
    }

    /// <summary>Waits until this can be seen.</summary>
    public Task Shows(string text) => Deadline.Until(() => Emulator.Shown.Contains(text, StringComparison.Ordinal), text, () => Emulator.All);

    /// <summary>Waits until the cursor's row is this, the cursor being the bar.</summary>
    public Task ShowsCursor(string row) => Deadline.Until(() => Emulator.CursorRow == row, row, () => Emulator.CursorRow + "\nin\n" + Emulator.All);

    public IDisposable TakeKeys(bool isWhole, Action changed)
    {
        (this.changed, IsTaken, this.isWhole) = (changed, true, isWhole);
        Emulator.Write(TerminalModes.Take(isWhole));
        return this;
    }

    public int Read(Span<byte> buffer)
    {
        var bytes = typed.Reader.ReadAsync().AsTask().GetAwaiter().GetResult();
        bytes.CopyTo(buffer);
        return bytes.Length;
    }

    public void Write(string text) => Emulator.Write(text);

    public void Suspend()
    {
    }

    public void Dispose()
    {
        if (IsTaken) Emulator.Write(TerminalModes.GiveBack(isWhole));
        IsTaken = false;
    }
}
