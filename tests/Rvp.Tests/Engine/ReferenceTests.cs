using Rvp.Engine;

namespace Rvp.Tests.Engine;

public class ReferenceTests
{
    [Fact]
    public void The_engine_references_only_the_protocol_and_the_base_library() =>
        Assert.All(typeof(Node).Assembly.GetReferencedAssemblies(), reference => Assert.True(
            reference.Name is "Rvp.Protocol" || IsBaseLibrary(reference.Name!), reference.FullName));

    [Fact]
    public void The_protocol_references_only_the_base_library() =>
        Assert.All(typeof(Rvp.Protocol.RvpUrl).Assembly.GetReferencedAssemblies(),
            reference => Assert.True(IsBaseLibrary(reference.Name!), reference.FullName));

    private static bool IsBaseLibrary(string name) =>
        name.StartsWith("System.", StringComparison.Ordinal) && !name.StartsWith("System.Net.", StringComparison.Ordinal) || name is "System.Net.Primitives";
}
