using Orleans;

namespace RvpServer.Tests.Cluster;

/// <summary>Counts what processes of a cluster ask each other, also where it crosses no wire.</summary>
/// <param name="methods">The names of the methods.</param>
internal sealed class CallCounter(params string[] methods) : IOutgoingGrainCallFilter
{
    private int count;

    public int Count => Volatile.Read(ref count);

    public Task Invoke(IOutgoingGrainCallContext context)
    {
        if (methods.Contains(context.MethodName)) Interlocked.Increment(ref count);
        return context.Invoke();
    }
}
