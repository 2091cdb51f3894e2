@{
    ExcludeRules = @(
        # Scripts here talk to people at a console, and name things for them, not for a shell.
        'PSAvoidUsingWriteHost'
        'PSAvoidUsingPositionalParameters'
        # Pester's blocks share variables, and its helpers make and stop things; the rules see neither.
        'PSUseDeclaredVarsMoreThanAssignments'
        'PSUseShouldProcessForStateChangingFunctions'
        # The build script's tasks use its parameters from within functions.
        'PSReviewUnusedParameter'
    )
}
