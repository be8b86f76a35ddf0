// ... existing code ...
        assert_eq!(tokens.unwrap().len(), 4);
    }

    #[test]
    fn refuses_a_number_with_two_points() {
        let error = Lexer::new("1.2.3").next().unwrap().unwrap_err();
        assert_eq!(error, LexError::BadNumber("1.2.3".to_string()));
    }
}
