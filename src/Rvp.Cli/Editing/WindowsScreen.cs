using System.Runtime.InteropServices;
using System.Text;

namespace Rvp.Cli.Editing;

/// <summary>The console of this process on Windows, told to speak as other terminals do.</summary>
/// <param name="isError">Whether it shows on standard error what it writes.</param>
internal sealed class WindowsScreen(bool isError) : IScreen
{
    private const int InputDevice = -10;
    private const int OutputDevice = -11;
    private const int ErrorDevice = -12;
    private const uint ProcessedLinesAndEcho = 0x7;
    private const uint KeysAsSequences = 0x200;
    private const uint SequencesAreUnderstood = 0x4;

    private readonly nint input = GetDevice(InputDevice);
    private readonly nint output = GetDevice(isError ? ErrorDevice : OutputDevice);
    private readonly Encoder encoder = Encoding.UTF8.GetEncoder();

    public int Columns => Math.Max(1, Console.WindowWidth);

    public int Rows => Math.Max(1, Console.WindowHeight);

    public IDisposable TakeKeys(bool isWhole, Action changed)
    {
        if (!GetMode(input, out var inputBefore) || !GetMode(output, out var outputBefore)) throw new FailedException("The console cannot be read.");
        Console.OutputEncoding = Encoding.UTF8;
        SetMode(output, outputBefore | SequencesAreUnderstood);
        SetMode(input, (inputBefore & ~ProcessedLinesAndEcho) | KeysAsSequences);
        Write(TerminalModes.Take(isWhole));
        return new Taken(() =>
        {
            Write(TerminalModes.GiveBack(isWhole));
            SetMode(input, inputBefore);
            SetMode(output, outputBefore);
        });
    }

    public int Read(Span<byte> buffer)
    {
        var characters = new char[buffer.Length / 4];
        int written;
        do
        {
            if (!ReadConsole(input, characters, (uint)characters.Length, out var length, 0) || length == 0) return 0;
            written = encoder.GetBytes(characters.AsSpan(0, (int)length), buffer, flush: false);
        }
        while (written == 0); // Half a character.
        return written;
    }

    public void Write(string text)
    {
        var shown = isError ? Console.Error : Console.Out;
        shown.Write(text);
        shown.Flush();
    }

    // Windows has no such thing.
    public void Suspend()
    {
    }

    private sealed class Taken(Action giveBack) : IDisposable
    {
        public void Dispose() => giveBack();
    }

    [DllImport("kernel32", EntryPoint = "GetStdHandle")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern nint GetDevice(int device);

    [DllImport("kernel32", EntryPoint = "GetConsoleMode")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static extern bool GetMode(nint device, out uint mode);

    [DllImport("kernel32", EntryPoint = "SetConsoleMode")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static extern bool SetMode(nint device, uint mode);

    [DllImport("kernel32", EntryPoint = "ReadConsoleW", CharSet = CharSet.Unicode)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static extern bool ReadConsole(nint device, [Out] char[] buffer, uint length, out uint read, nint control);
}
